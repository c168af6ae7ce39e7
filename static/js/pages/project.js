/** @file The page of a project: its film and its storyboard. */

import * as jobCards from "../lib/job_cards.js";
import * as scrub from "../lib/scrub.js";
import * as withoutTakeForm from "../lib/without_take_form.js";
import * as boardLook from "./project/board_look.js";
import * as cardTools from "./project/card_tools.js";
import * as filmControls from "./project/film_controls.js";
import * as filmExport from "./project/film_export.js";
import * as sceneFilter from "./project/scene_filter.js";
import * as sceneSelection from "./project/scene_selection.js";
import * as storyboard from "./project/storyboard.js";

const parts = [
  storyboard,
  cardTools,
  boardLook,
  sceneFilter,
  sceneSelection,
  filmControls,
  filmExport,
  withoutTakeForm,
  jobCards,
  scrub,
];
for (const part of parts) part.start();
