using BigTech.Chat.Domain;
using BigTech.Chat.Messages;
using BigTech.Chat.Storage;
using BigTech.Chat.Storage.Sql;
using BigTech.Contracts.Chat;

namespace BigTech.Chat.Features;

/// <summary>Role changes of a room's members.</summary>
internal static class MemberRoles
{
    /// <summary>Stores a member's new role and publishes it.</summary>
    public static Room Give(ChatTransaction transaction, Room room, long userId, MemberRole role, long actorId, ChatUserReadModel users)
    {
        var changed = room.ChangeRole(userId, role, transaction.Now);
        RoomRows.SaveRole(transaction.Session, room.Id, changed.Members[userId], changed.Version);
        transaction.Save(changed);
        transaction.Append(new MemberRoleChanged(room.Id, changed.Version, userId, actorId, ChatWireNames.NameOf(role), changed.UpdatedAt));
        transaction.Publish(RoomEvents.Member(room.Id, changed.Version, userId, users.Username(transaction.Session, userId),
            RoomEvents.RoleChanged, ChatWireNames.NameOf(role)));
        return changed;
    }
}
