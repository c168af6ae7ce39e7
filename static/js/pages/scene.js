/** @file The page of a scene: its takes, the player, and the composer that makes new takes. */

import * as jobCards from "../lib/job_cards.js";
import * as modelPicker from "../lib/model_picker.js";
import * as scrub from "../lib/scrub.js";
import * as toScene from "../lib/to_scene.js";
import * as composer from "./scene/composer.js";
import * as crop from "./scene/crop.js";
import * as dock from "./scene/dock.js";
import * as draft from "./scene/draft.js";
import * as frames from "./scene/frames.js";
import * as moreTools from "./scene/more_tools.js";
import * as newTakes from "./scene/new_takes.js";
import * as pictureUpload from "./scene/picture_upload.js";
import * as problems from "./scene/problems.js";
import * as promptHelp from "./scene/prompt_help.js";
import * as shapeChoice from "./scene/shape_choice.js";
import * as takeStrip from "./scene/take_strip.js";
import * as transport from "./scene/transport.js";
import * as viewers from "./scene/viewers.js";

for (const part of [
  composer,
  problems,
  frames,
  crop,
  dock,
  modelPicker,
  shapeChoice,
  promptHelp,
  draft,
  pictureUpload,
  transport,
  takeStrip,
  moreTools,
  newTakes,
  jobCards,
  viewers,
  scrub,
  toScene,
]) {
  part.start();
}
