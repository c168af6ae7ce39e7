// A page that shows jobs, and no more.

import { start } from "../lib/job_cards.js";

start();
