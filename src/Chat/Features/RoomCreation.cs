using BigTech.Chat.Domain;
using BigTech.Chat.Storage;
using BigTech.Chat.Storage.Sql;
using BigTech.Contracts.Chat;

namespace BigTech.Chat.Features;

/// <summary>Creates rooms of both types.</summary>
internal static class RoomCreation
{
    public static Room Create(
        ChatTransaction transaction, RoomType type, string? name, long creatorId, IReadOnlyList<long> others, string? directKey)
    {
        var room = RoomRows.Insert(transaction.Session, Room.Create(0, type, name, creatorId, others, transaction.Now), directKey);
        transaction.Save(room);
        transaction.Append(new ChatRoomCreated(
            room.Id, ChatWireNames.NameOf(type), name, creatorId, [.. room.Members.Keys.Order()], room.CreatedAt));
        transaction.AddToStreams(room.Members.Keys, room, since: room.Version);
        transaction.Session.AfterCommit(() => ChatMetrics.RoomCreated(ChatWireNames.NameOf(type)));
        return room;
    }
}
