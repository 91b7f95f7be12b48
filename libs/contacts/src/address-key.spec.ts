import { describe, expect, test } from '@jest/globals';
import { Secrets, newId, type OrganisationId } from '#libs/kernel';
import { addressKey } from './address-key.js';

describe('addressKey', () => {
  const secrets = new Secrets(Buffer.alloc(32, 7));
  const organisation = newId<OrganisationId>();

  test('is 32 bytes and always the same for one address of one organisation', () => {
    const key = addressKey(secrets, organisation, 'anna@example.com');
    expect(key).toHaveLength(32);
    expect(addressKey(secrets, organisation, 'anna@example.com')).toEqual(key);
  });

  test('differs by address, organisation and master key', () => {
    const key = addressKey(secrets, organisation, 'anna@example.com');
    expect(addressKey(secrets, organisation, 'bert@example.com')).not.toEqual(key);
    expect(addressKey(secrets, newId<OrganisationId>(), 'anna@example.com')).not.toEqual(key);
    expect(addressKey(new Secrets(Buffer.alloc(32, 8)), organisation, 'anna@example.com')).not.toEqual(key);
  });
});
