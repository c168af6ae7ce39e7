/** @file The page on which a scene gets pictures, sounds and other output of any model. */

import * as jobCards from "../lib/job_cards.js";
import * as modelPicker from "../lib/model_picker.js";
import * as spendingKeys from "../lib/spending_keys.js";
import * as toScene from "../lib/to_scene.js";
import * as colorFields from "./make/color_fields.js";
import * as earlyInput from "./make/early_input.js";
import * as waveForms from "./make/wave_forms.js";

colorFields.start();
earlyInput.start();
waveForms.start();
jobCards.start();
toScene.start();
modelPicker.start();
if (document.getElementById("make-press")) spendingKeys.start("make-press");
