import * as cards from "./cards.js";
import * as composer from "./composer.js";
import * as drafts from "./drafts.js";
import * as pictures from "./pictures.js";
import * as player from "./player.js";
import * as strip from "./strip.js";
import * as takes from "./takes.js";

for (const module of [composer, drafts, pictures, player, strip, takes, cards]) module.start();
