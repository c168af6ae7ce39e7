/** @file The pages of a new batch and of its price: the pictures that its takes begin with. */

import * as modelPicker from "../lib/model_picker.js";
import * as pictureChoice from "../lib/picture_choice.js";

// another picture may have another price, which the server says: the preview is asked for once the list is closed
function startPreview(pictures) {
  let isChanged = false;
  pictures.addEventListener("change", () => (isChanged = true));
  pictures.addEventListener(
    "toggle",
    ({ target }) => {
      if (!target.open && isChanged) target.querySelector("input").form.requestSubmit();
    },
    true, // toggle does not bubble
  );
}

modelPicker.start();
pictureChoice.start();
const pictures = document.getElementById("batch-pictures");
if (pictures) startPreview(pictures);
