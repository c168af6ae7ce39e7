import * as cards from "../lib/job_cards.js";
import * as composer from "./scene/composer.js";
import * as drafts from "./scene/draft.js";
import * as pictures from "./scene/picture_upload.js";
import * as player from "./scene/player.js";
import * as strip from "./scene/take_strip.js";
import * as takes from "./scene/new_takes.js";

for (const module of [composer, drafts, pictures, player, strip, takes, cards]) module.start();
