import { useId, type ButtonHTMLAttributes, type ReactNode } from 'react';

export interface ButtonProps extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'disabled'> {
  kind?: 'primary' | 'plain' | 'danger' | 'quiet';
  size?: 'normal' | 'big';
  /** Why it cannot be pressed now. It stays in reach of the keyboard, so that everybody can learn why. */
  disabledReason?: string | null | undefined;
  isBusy?: boolean;
  children: ReactNode;
}

export function Button({
  kind = 'plain',
  size = 'normal',
  disabledReason,
  isBusy = false,
  children,
  onClick,
  type = 'button',
  ...rest
}: ButtonProps) {
  const whyId = useId();
  const isOff = isBusy || Boolean(disabledReason);
  return (
    <span className="button-box">
      <button
        {...rest}
        type={type}
        className={`button button-${kind} button-${size}`}
        aria-disabled={isOff || undefined}
        aria-busy={isBusy || undefined}
        aria-describedby={disabledReason ? whyId : undefined}
        onClick={(event) => (isOff ? event.preventDefault() : onClick?.(event))}
      >
        {children}
      </button>
      {disabledReason && (
        <span id={whyId} className="why">
          {disabledReason}
        </span>
      )}
    </span>
  );
}
