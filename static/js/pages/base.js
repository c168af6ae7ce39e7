// What every page has; what a page has besides comes with a script of its own.

import * as keys from "../lib/keyboard.js";
import * as page from "../lib/toasts.js";
import * as sheet from "./base/shortcuts_dialog.js";
import * as work from "./base/activity.js";

for (const module of [page, keys, sheet, work]) module.start();
