/** The damson: a plum with its leaf. */
export function Logo({ size = 26 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <path d="M16 9c2-4 5-6 9-6-1 4-4 6-9 6z" fill="#6c9a57" />
      <path
        d="M16 29C8 29 5 23 5 18.5 5 12.500 9 8.5 13 8.5c1.3 0 2.300.4 3 .9.7-.5 1.7-.9 3-.9 4 0 8 4 8 10C27 23 24 29 16 29z"
        fill="var(--mantine-primary-color-filled)"
      />
      <path d="M10 13.5c-2 1.500-2.6 3.800-2.200 6" stroke="#e7c3da" strokeWidth="1.6" strokeLinecap="round" fill="none" />
    </svg>
  );
}
