import { VIDEO_PARAMETERS } from '../src/modules/library/renditions/index.ts';

/** The part of docs/transformations.md about films; the parameters come from where they are read. */

const rows = Object.entries(VIDEO_PARAMETERS).map(([key, meaning]) => `| \`${key}\` | ${meaning.replaceAll('|', '\\|')} |`);

export const FILMS = `## Films

An address of a film answers a film: \`/cdn/tr:w-640,du-10/films/launch.mp4\`. It is made in the background when it is first asked for. Until then the answer is **202** with no
body, \`Retry-After\` and \`Damson-Progress\` (a share of 1), and never the original; a player or \`curl --retry\` asks again. Finished films are kept, have strong ETags and answer ranges.

Of the parameters above films take sizes and cropping (\`w h ar dpr c cm fo x y\`), \`rt\` (right angles), \`fl\`, \`b\`, \`r\`, \`bg\` (colours and \`blurred\`), \`q\` (default 50), conditions, chains and
names; all others are refused with \`EUNSUPPORTED\`. Layers of pictures, areas and texts are laid over the film, all the time or from \`lso\` to \`leo\` (or for \`ldu\`) seconds of what comes out;
films and subtitles as layers are not made here. Sides are rounded down to even numbers. In addition:

| parameter | values |
|---|---|
${rows.join('\n')}
| \`f\` | \`mp4\` (H.264, AAC), \`webm\` (VP9 or AV1, Opus), or \`auto\` (default): WebM for clients that name \`video/webm\` in \`Accept\`, else MP4. \`jpg\`, \`webp\` and other picture formats answer the still |

| at the end of the path | answer |
|---|---|
| \`/ik-thumbnail.jpg\` | a still of the film; takes all parameters of pictures |
| \`/ik-master.m3u8?tr=sr-360_720_1080\` | HLS: fMP4 pieces of four seconds, H.264 and AAC, sound apart. Steps larger than the film fall together into one |
| \`/ik-master.mpd?tr=sr-360_720_1080\` | DASH from the same pieces |
| \`/ik-gif-video.mp4\` | a moving GIF as a film |
| \`/ik-sprite.jpg\`, \`/ik-sprite.vtt\` | up to a hundred small pictures in a grid, and WebVTT that tells a player which to show when; \`w\` is the width of one (default 160) |
| \`/ik-video.mp4\` | says that a path without an extension is a film; may stand before the others |

A ladder can be played as soon as each step has its first piece: the playlist grows (\`EVENT\`), DASH waits for pieces that are not made yet. The addresses of pieces carry a token bound
to this version of the file; it ends with the right to the film and to everything laid over it, with the key that signed the address, and when the endpoint's mode changes. Every
piece asks again whether all that still holds.

\`\`\`html
<video id="film" controls poster="/cdn/films/launch.mp4/ik-thumbnail.jpg?tr=w-1280"></video>
<script type="module">
  import Hls from 'hls.js';
  const hls = new Hls();
  hls.loadSource('/cdn/films/launch.mp4/ik-master.m3u8?tr=sr-360_720_1080');
  hls.attachMedia(document.getElementById('film'));
</script>
\`\`\`

Films of up to an hour and 3840 x 2160 are worked on (7680 x 4320 on the way to that, 100 megapixels of one picture in all steps together, at least 2 x 2), one at a time for each worker of the queue \`video\`; the first wish of a workspace comes before the second of any other, and with fifty of one waiting the answer is 503.
Visitors of one network may have a hundred new films made in an hour (\`DELIVERY_FILMS_PER_HOUR\`; then 429 \`ERATE\` with \`Retry-After\`), signed addresses and people signed in any number. What films of a
workspace take of the store is limited too (\`DELIVERY_FILM_BYTES\`; then 422 \`ELIMIT\`). What failed is tried again ten minutes later, when somebody asks, and counts as new.
`;
