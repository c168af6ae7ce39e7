/** @file The contact sheet: takes are scrubbed, rated by keys, and compared in step. */

import * as jobCards from "../lib/job_cards.js";
import * as scrub from "../lib/scrub.js";
import * as copyTakes from "./contact_sheet/copy_takes.js";
import * as inStep from "./contact_sheet/in_step.js";
import * as rating from "./contact_sheet/rating.js";

for (const part of [rating, inStep, copyTakes, scrub, jobCards]) part.start();
