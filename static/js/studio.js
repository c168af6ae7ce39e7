// What every page has; what a page has besides comes with a script of its own.

import * as keys from "./keys.js";
import * as page from "./page.js";
import * as sheet from "./sheet.js";
import * as work from "./work.js";

for (const module of [page, keys, sheet, work]) module.start();
