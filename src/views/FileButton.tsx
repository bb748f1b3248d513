// A button that asks for files. The same file can be chosen again, after it was corrected or its clip removed.

import { type ReactNode, useRef } from 'react';

export function FileButton({
  accept,
  many = false,
  folder = false,
  testId,
  onFiles,
  pick,
  children,
}: {
  /** as the attribute of an input; left out: any file */
  accept?: string;
  many?: boolean;
  /** asks for a folder and gives all its files */
  folder?: boolean;
  /** of the input */
  testId: string;
  /** at least one file */
  onFiles: (files: File[]) => void;
  /** asks in the place of the input */
  pick?: (() => void) | undefined;
  children: ReactNode;
}) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <button type="button" onClick={pick ?? (() => input.current?.click())}>
        {children}
      </button>
      <input
        ref={input}
        type="file"
        accept={accept}
        multiple={many || folder}
        hidden
        {...(folder ? { webkitdirectory: '' } : {})}
        data-testid={testId}
        onChange={({ target }) => {
          const files = [...(target.files ?? [])];
          target.value = ''; // else choosing the same file again would change nothing
          if (files.length) onFiles(files);
        }}
      />
    </>
  );
}
