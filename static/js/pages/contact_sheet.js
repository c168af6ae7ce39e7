/** @file The contact sheet: takes are scrubbed, rated by keys, and compared in step. */

import * as jobCards from "../lib/job_cards.js";
import * as scrub from "../lib/scrub.js";
import * as toScene from "../lib/to_scene.js";
import * as deleteTakes from "./contact_sheet/delete_takes.js";
import * as inStep from "./contact_sheet/in_step.js";
import * as rating from "./contact_sheet/rating.js";
import * as sendTakes from "./contact_sheet/send_takes.js";

for (const part of [rating, inStep, sendTakes, deleteTakes, toScene, scrub, jobCards]) part.start();
