// The wall of projects: what one types is searched for as one types; the key for it.

import { bind } from "./keys.js";

bind("Projects", [{ keys: ["/"], shown: "/", does: "search", run: () => document.getElementById("search")?.focus() }]);
