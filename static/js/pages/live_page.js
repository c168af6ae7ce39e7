/** @file A page that shows jobs and has no script of its own: the batches and each batch. */

import * as jobCards from "../lib/job_cards.js";

jobCards.start();
