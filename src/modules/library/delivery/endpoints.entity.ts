import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';

/** A transformation kept under a name. */
@Entity({ name: 'named_transformation' })
@Check('named_transformation_metadata_check', `metadata in ('strip', 'rights', 'all')`)
export class NamedTransformationEntity {
  @ForeignKey('workspace', { name: 'named_transformation_workspace_id_fkey', onDelete: 'CASCADE' })
  @PrimaryColumn({ type: 'uuid', name: 'workspace_id', primaryKeyConstraintName: 'named_transformation_pkey' })
  workspaceId!: string;

  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'named_transformation_pkey' })
  name!: string;

  /** As in a URL, without a leading `tr:`. */
  @Column({ type: 'text' })
  transformation!: string;

  /** `strip`, `rights`, `all`; null = as the workspace says. */
  @Column({ type: 'text', nullable: true })
  metadata!: 'strip' | 'rights' | 'all' | null;

  @Column({ type: 'timestamptz', name: 'created_at' })
  createdAt!: Date;

  @Column({ type: 'timestamptz', name: 'updated_at' })
  updatedAt!: Date;
}

/** How a workspace delivers, where an administrator has said something. */
@Entity({ name: 'delivery_setting' })
@Check('delivery_setting_metadata_check', `metadata in ('strip', 'rights', 'all')`)
export class DeliverySettingEntity {
  @ForeignKey('workspace', { name: 'delivery_setting_workspace_id_fkey', onDelete: 'CASCADE' })
  @PrimaryColumn({ type: 'uuid', name: 'workspace_id', primaryKeyConstraintName: 'delivery_setting_pkey' })
  workspaceId!: string;

  @Column({ type: 'text' })
  metadata!: 'strip' | 'rights' | 'all';

  @Column({ type: 'timestamptz', name: 'updated_at' })
  updatedAt!: Date;
}

/** A secret that signs delivery URLs of a workspace. */
@Entity({ name: 'signing_key' })
@Index('signing_key_workspace_idx', ['workspaceId'])
@Check('signing_key_state_check', `state in ('active', 'verify_only', 'revoked')`)
export class SigningKeyEntity {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'signing_key_pkey' })
  id!: string;

  @ForeignKey('workspace', { name: 'signing_key_workspace_id_fkey', onDelete: 'CASCADE' })
  @Column({ type: 'uuid', name: 'workspace_id' })
  workspaceId!: string;

  @Column({ type: 'text' })
  name!: string;

  /** AES-256-GCM under a key of this installation: nonce, tag, cipher text; base64url. */
  @Column({ type: 'text', name: 'secret_encrypted' })
  secretEncrypted!: string;

  /** `active`, `verify_only` or `revoked`. */
  @Column({ type: 'text' })
  state!: string;

  @Column({ type: 'timestamptz', name: 'created_at' })
  createdAt!: Date;
}
