import * as cards from "./cards.js";
import * as film from "./film.js";
import * as missing from "./missing.js";
import * as storyboard from "./storyboard.js";

for (const module of [storyboard, film, missing, cards]) module.start();
