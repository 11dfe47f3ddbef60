// Reading codes from a running camera: by the browser where it can, else by asking for each picture.

const EVERY = 350;
const WIDEST = 1280;

/** A stream of the camera at the back. Throws a DOMException: NotAllowedError, NotFoundError. */
export async function open() {
  if (!navigator.mediaDevices) throw new DOMException("", "NotFoundError");
  return navigator.mediaDevices.getUserMedia(
    { video: { facingMode: "environment", width: { ideal: WIDEST } } });
}

export function stop(stream) {
  for (const track of stream?.getTracks() ?? []) track.stop();
}

/** The first code that the video shows; null once `over()`. `ask(jpeg)` reads a picture. */
export async function firstCode(video, ask, over) {
  const seen = "BarcodeDetector" in window ? await detector() : null;
  while (!over()) {
    const text = await (seen ? detected(seen, video, ask) : asked(video, ask));
    if (text && !over()) return text;
    await new Promise((resolve) => { setTimeout(resolve, EVERY); });
  }
  return null;
}

async function detected(seen, video, ask) {
  try {
    return (await seen.detect(video))[0]?.rawValue;
  } catch {
    return asked(video, ask);
  }
}

async function asked(video, ask) {
  const jpeg = await frame(video);
  return jpeg ? ask(jpeg) : null;
}

function frame(video) {
  const { videoWidth, videoHeight } = video;
  if (!videoWidth) return null;
  const scale = Math.min(1, WIDEST / videoWidth);
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(videoWidth * scale);
  canvas.height = Math.round(videoHeight * scale);
  canvas.getContext("2d").drawImage(video, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve) => { canvas.toBlob(resolve, "image/jpeg", 0.7); });
}

async function detector() {
  const formats = await window.BarcodeDetector.getSupportedFormats();
  const wanted = ["qr_code", "code_128"].filter((format) => formats.includes(format));
  return wanted.length === 2 ? new window.BarcodeDetector({ formats: wanted }) : null;
}
