import { z } from 'zod';

export const groupSchema = z
  .object({
    id: z.uuid(),
    name: z.string(),
    members: z.number().int().meta({ description: 'How many people are in it.' }),
    createdAt: z.iso.datetime(),
  })
  .meta({ id: 'Group' });
export const groupListSchema = z.object({ items: z.array(groupSchema) });
export const groupMembersSchema = z
  .object({ items: z.array(z.object({ userId: z.string(), name: z.string(), email: z.string() })) })
  .meta({ id: 'GroupMembers' });
export const groupNameSchema = z.strictObject({
  name: z.string().trim().min(1).max(200).meta({ description: 'Unique in the workspace, whatever its case.' }),
});

export type GroupDto = z.infer<typeof groupSchema>;
export type GroupMembersDto = z.infer<typeof groupMembersSchema>;
