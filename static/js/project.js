import * as film from "./film.js";
import * as storyboard from "./storyboard.js";

for (const module of [storyboard, film]) module.start();
