// The page on which anything but a take is made.

import "./make/color_fields.js";
import { start } from "../lib/job_cards.js";

start();
