/**
 * Grey lines where an answer will stand. They appear only when it takes a moment (skeleton.css), so fast answers never
 * flicker.
 */
export const Skeleton = ({ rows }: { rows: number }) => (
  <div className="skeleton" role="status">
    <span className="hidden">Loading</span>
    {Array.from({ length: rows }, (_, row) => (
      <span key={row} className="skeleton-row" />
    ))}
  </div>
);
