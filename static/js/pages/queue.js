/** @file The page of the queue. */

import * as jobCards from "../lib/job_cards.js";
import { subscribe } from "../live.js";
import * as order from "./queue/order.js";
import * as selection from "./queue/selection.js";
import * as shortcuts from "./queue/shortcuts.js";

for (const part of [selection, order, shortcuts, jobCards]) part.start();
subscribe("pauses_changed", jobCards.refreshQueue);
