import * as composer from "./composer.js";
import * as page from "./page.js";
import * as pictures from "./pictures.js";
import * as takes from "./takes.js";

for (const module of [page, composer, pictures, takes]) module.start();
