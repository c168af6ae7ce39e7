import * as cards from "../lib/job_cards.js";
import * as film from "./project/film_player.js";
import * as missing from "../lib/without_take_form.js";
import * as storyboard from "./project/storyboard.js";

for (const module of [storyboard, film, missing, cards]) module.start();
