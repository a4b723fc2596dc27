import type { ReactElement } from 'react';
import type { Tone } from './tones.ts';

const shapes = {
  check: <path d="m3.5 8.5 3 3 6-7" />,
  going: (
    <>
      <circle cx="8" cy="8" r="5" />
      <path d="M8 5v3l2 1.5" />
    </>
  ),
  waiting: <path d="M4.5 2.5h7M4.5 13.5h7M5 3c0 3 6 3.5 6 10M11 3c0 3-6 3.5-6 10" />,
  warning: <path d="M8 2.5 14 13H2zM8 6.5v3M8 11.2v.3" />,
  quiet: <path d="M4 8h8" />,
  next: <circle cx="8" cy="8" r="4.5" strokeDasharray="2 2" />,
  back: <path d="M9.5 3.5 5 8l4.5 4.5" />,
  undo: <path d="M5.5 3 2.5 6l3 3M3 6h6.5a3.5 3.5 0 0 1 0 7H6" />,
  plus: <path d="M8 3v10M3 8h10" />,
  close: <path d="m4 4 8 8M12 4l-8 8" />,
  copy: (
    <>
      <rect x="5.5" y="5.5" width="8" height="8" rx="1.5" />
      <path d="M10.5 5.5v-2a1 1 0 0 0-1-1h-6a1 1 0 0 0-1 1v6a1 1 0 0 0 1 1h2" />
    </>
  ),
  menu: <path d="M2.5 4.5h11M2.5 8h11M2.5 11.5h11" />,
  sun: (
    <>
      <circle cx="8" cy="8" r="2.8" />
      <path d="M8 1.5v1.4M8 13.1v1.4M1.5 8h1.4M13.1 8h1.4M3.4 3.4l1 1M11.6 11.6l1 1M3.4 12.6l1-1M11.6 4.4l1-1" />
    </>
  ),
  moon: <path d="M13 9.5A5.5 5.5 0 0 1 6.5 3a5.5 5.5 0 1 0 6.5 6.5z" />,
  screen: <path d="M2.5 3.5h11v7h-11zM5.5 13h5M8 10.5V13" />,
  server: <path d="M2.5 3.5h11v4h-11zM2.5 8.5h11v4h-11zM11 5.5h.3M11 10.5h.3" />,
  scan: <path d="M2.5 5V2.5H5M11 2.5h2.5V5M13.5 11v2.5H11M5 13.5H2.5V11M5 5.5v5M7.5 5.5v5M9 5.5v5M11 5.5v5" />,
} as const satisfies Record<string, ReactElement>;
export type IconName = keyof typeof shapes;

/** The shape beside each colour, for whoever does not see the colour. */
export const toneIcons = {
  good: 'check',
  going: 'going',
  waiting: 'waiting',
  bad: 'warning',
  quiet: 'quiet',
} as const satisfies Record<Tone, IconName>;

/** Drawn beside words that say the same; never alone. */
export const Icon = ({ name }: { name: IconName }) => (
  <svg
    className="icon"
    viewBox="0 0 16 16"
    width="16"
    height="16"
    fill="none"
    stroke="currentColor"
    strokeWidth="1.5"
    strokeLinecap="round"
    strokeLinejoin="round"
    aria-hidden="true"
  >
    {shapes[name]}
  </svg>
);
