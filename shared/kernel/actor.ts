/** Somebody who acts: `id` is who it is and stays the same whatever else a token says; `name` is what people read. */
export interface Actor {
  id: string;
  name: string;
}

/** A step or a rule of ours that acts in nobody's name. */
export const program = (name: string): Actor => ({ id: name, name });
