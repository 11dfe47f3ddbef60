// The desk's script. Every page works without it; with it, forms open in a dialog, lists stay
// live, the scanner gun and three keys work anywhere.

import { watchDialogs } from "./dialog.js";
import { watchForms } from "./forms.js";
import { watchKeys } from "./keys.js";
import { watchLive } from "./live.js";
import { watchNow } from "./now.js";
import { watchPictures } from "./pictures.js";
import { watchWaiting } from "./waiting.js";

watchForms();
watchDialogs();
watchKeys();
watchPictures();
watchWaiting();
watchLive(document);
watchNow();

// A chart that is wider than the page: the last days are at its right end.
for (const wide of document.querySelectorAll(".hx-scroll")) wide.scrollLeft = wide.scrollWidth;
