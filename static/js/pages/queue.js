// The queue's page, and the one that asks before what failed is sent again.

import * as cards from "../lib/job_cards.js";
import * as queue from "./queue/queue_list.js";

for (const module of [queue, cards]) module.start();
queue.startSum();
