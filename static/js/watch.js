// A page that shows jobs, and no more.

import { start } from "./cards.js";

start();
