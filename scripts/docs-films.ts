import { VIDEO_PARAMETERS } from '../src/modules/library/renditions/index.ts';

/** The part of docs/transformations.md about films; the parameters come from where they are read. */

const rows = Object.entries(VIDEO_PARAMETERS).map(([key, meaning]) => `| \`${key}\` | ${meaning.replaceAll('|', '\\|')} |`);

export const FILMS = `## Films

An address of a film answers a film: \`/cdn/tr:w-640,du-10/films/launch.mp4\`. It is made in the background when it is first asked for. Until then the answer is **202** with no
body, \`Retry-After\` and \`Damson-Progress\` (a share of 1), and never the original; a player or \`curl --retry\` asks again. Finished films are kept, have strong ETags and answer ranges.

Of the parameters above films take sizes and cropping (\`w h ar dpr c cm fo x y\`), \`rt\` (right angles), \`fl\`, \`b\`, \`r\`, \`bg\` (colours and \`blurred\`), \`q\` (default 50), conditions, chains and
names; all others are refused with \`EUNSUPPORTED\`. \`fo-custom\` cuts as the focal point and the crop of the asset say, also in stills. Layers of pictures, areas, texts, films and subtitles are laid over
the film, all the time or from \`lso\` to \`leo\` (or for \`ldu\`) seconds of what comes out. Sides are rounded down to even numbers. In addition:

| parameter | values |
|---|---|
${rows.join('\n')}
| \`f\` | \`mp4\` (H.264, AAC), \`webm\` (VP9 or AV1, Opus), or \`auto\` (default): WebM for clients that name \`video/webm\` in \`Accept\`, else MP4. \`jpg\`, \`webp\` and other picture formats answer the still |

| layer | what it is, and its own parameters |
|---|---|
| \`l-video,i-<path>,…,l-end\` | another film of the library, picture in picture, without its sound: \`so eo du\` (which part of it), \`w h ar c cm fo x y\`, \`rt\`, \`fl\`, \`b\`, \`r\` (the film below shows at round corners, or \`bg\`), the places of all layers (\`lx ly lxc lyc lap lfo\`) and layers of pictures on it. It begins when it is first seen (\`lso\`) and goes when it ends; length and sound are those of the film below |
| \`l-subtitles,i-<path>,…,l-end\` | an SRT or WebVTT file of the library (up to 2 MB), burned in at the bottom: \`fs\` (height of a line in px or an expression; default 6 % of the height), \`ff\` (a family as for texts), \`co\` or \`color\` (default white), \`tg\` (\`b\`, \`i\`, \`strikethrough\` joined by \`_\`), \`bg\` (a box behind each line), \`fol-<width>_<colour>\` (outline), \`fsh-<colour>_<indent>\` (shadow). Without the last three the letters get a thin black edge. Times are those of the whole film, whichever part is cut out. Bold, italic and underlined are kept; places and colours in the file are not |

Both need the same right as pictures of layers, and lie on films only, not in another layer.

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

HDR films (PQ, HLG) become films for every screen: 203 cd/m² is white, what is brighter than 1,000 cd/m² is clipped, colours are BT.709. Stills, sprites and web clips too.

Films of up to an hour and 3840 x 2160 are worked on (7680 x 4320 on the way to that, 100 megapixels of one picture in all steps together, at least 2 x 2), one at a time for each worker of the queue \`video\`; the first wish of a workspace comes before the second of any other, and with fifty of one waiting the answer is 503.
Visitors of one network may have a hundred new films made in an hour (\`DELIVERY_FILMS_PER_HOUR\`; then 429 \`ERATE\` with \`Retry-After\`), signed addresses and people signed in any number. What films of a
workspace take of the store is limited too (\`DELIVERY_FILM_BYTES\`; then 422 \`ELIMIT\`). What failed is tried again ten minutes later, when somebody asks, and counts as new.
A film can be asked for as soon as its streams are known, while its poster and web clip are still being made.

With \`FILM_LADDER_AHEAD=360_720_1080\` that ladder is made of every film as soon as it is ready, under the same address as if somebody had asked. A film that nobody asks for in \`FILM_KEEP_DAYS\` (90) is removed
and made again when somebody does. With \`DELIVERY_SAVE_DATA\` clients that send \`Save-Data: on\` get \`q-38\` where an address names none (ladders leave that to players); such answers say \`Vary: Save-Data\`.
`;
