import type { DecommissionView } from '../../../../shared/domain/decommissions/decommissions.api.ts';
import { StateBadge } from '../../ui/badge.tsx';
import { CopyText } from '../../ui/copy.tsx';
import { KeyValues } from '../../ui/key-values.tsx';
import { Table } from '../../ui/table.tsx';
import { When } from '../../ui/when.tsx';
import { words } from '../../ui/words.ts';
import { categoryInWords, sourcesInWords, unverifiedInWords } from './erasure-words.ts';

/** A server's end: who wanted it, how far it is, and what was done to each of its drives. */
export const DecommissionFacts = ({
  decommission: { state, reason, disposition, requestedBy, createdAt, updatedAt, certificate },
}: {
  decommission: DecommissionView;
}) => (
  <>
    <KeyValues
      of={{
        State: (
          <>
            <StateBadge state={state} /> <When at={updatedAt} />
          </>
        ),
        Reason: reason,
        Afterwards: words(disposition),
        'Proposed by': (
          <>
            {requestedBy}, <When at={createdAt} />
          </>
        ),
        Erased: certificate && (
          <>
            <When at={certificate.erasedAt} />, by {certificate.standard}
          </>
        ),
        Category: certificate && categoryInWords(certificate.category),
        'Not verified': certificate && unverifiedInWords(certificate.unverified),
        Certificate: certificate && <CopyText text={certificate.proofId} label="certificate's proof" />,
      }}
    />
    {certificate && <Certified certificate={certificate} />}
  </>
);

type Certificate = NonNullable<DecommissionView['certificate']>;

const Certified = ({ certificate: { drives, accountedFor } }: { certificate: Certificate }) => (
  <>
    <Table
      label="Erased drives"
      rows={drives}
      rowKey={({ serial }) => serial}
      columns={[
        { name: 'Drive', show: ({ serial, name }) => <Drive serial={serial} name={name} /> },
        {
          name: 'Method',
          show: ({ method, category }) => (
            <>
              {method}
              <span className="soft block">{categoryInWords(category)}</span>
            </>
          ),
        },
        {
          name: 'Verified',
          show: ({ isVerified, evidence, unverified }) => (
            <>
              <StateBadge state={isVerified ? 'verified' : 'not verified'} tone={isVerified ? 'good' : 'bad'} />
              <span className="soft block">{evidence}</span>
              {unverifiedInWords(unverified) && (
                <span className="soft block">Not verified: {unverifiedInWords(unverified)}</span>
              )}
            </>
          ),
        },
      ]}
    />
    {accountedFor.length > 0 && (
      <Table
        label="Drives that were known and are not erased"
        rows={accountedFor}
        rowKey={({ serial, name }) => `${serial} ${name}`}
        columns={[
          {
            name: 'Not erased',
            show: ({ serial, name }) => <Drive serial={serial ?? 'no serial number'} name={name} />,
          },
          { name: 'Known from', show: ({ knownFrom }) => sourcesInWords(knownFrom) },
          { name: 'Where it went', show: ({ evidence }) => evidence },
        ]}
      />
    )}
  </>
);

const Drive = ({ serial, name }: { serial: string; name: string }) => (
  <>
    <code>{serial}</code>
    {name !== serial && <span className="soft block">{name}</span>}
  </>
);
