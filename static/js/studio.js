import * as composer from "./composer.js";
import * as drafts from "./drafts.js";
import * as keys from "./keys.js";
import * as page from "./page.js";
import * as pictures from "./pictures.js";
import * as player from "./player.js";
import * as queue from "./queue.js";
import * as sheet from "./sheet.js";
import * as strip from "./strip.js";
import * as takes from "./takes.js";
import * as work from "./work.js";

for (const module of [page, keys, composer, drafts, pictures, player, queue, strip, takes, sheet, work]) module.start();
queue.startSum();
