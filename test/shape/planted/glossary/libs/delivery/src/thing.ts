export interface Campaign { // planted: house/glossary
  readonly mailingListId: string; // planted: house/glossary
  readonly releaseId: string;
}

export function says(count: number): readonly string[] {
  return [
    'Delivered', // planted: house/glossary
    `${count} subscribers`, // planted: house/glossary
    '禁運至 12月2日', // planted: house/glossary
    'Delivered-To',
    '禁發至 12月2日',
    'accepted by the server of the journalist',
  ];
}
