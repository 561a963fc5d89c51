using System.ComponentModel.DataAnnotations;
using BigTech.BuildingBlocks.Web.Auth;
using BigTech.BuildingBlocks.Web.Http;
using BigTech.Chat.Domain;
using BigTech.Chat.Storage;
using BigTech.Chat.Storage.Coherence;
using BigTech.Chat.Storage.Sql;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace BigTech.Chat.Features;

/// <summary>The users to add to a group.</summary>
/// <param name="UserIds">1 to 1,000 ids; those of members change nothing.</param>
internal sealed record AddMembersRequest(
    [property: MinLength(1), MaxLength(Room.MaxGroupMembers)] IReadOnlyList<long>? UserIds) : IHasExample
{
    public static object Example => new AddMembersRequest([4, 5]);
}

/// <summary>
/// <c>POST /chat-rooms/{room_id}/members</c>: any member adds users, but only an admin those whom an admin has removed. Those who are
/// members already do not change.
/// </summary>
internal static class AddMembers
{
    public static async Task<Ok<RoomView>> Handle(
        [FromRoute(Name = "room_id")] long id, AddMembersRequest body, Caller caller, [AsParameters] ChatServices chat,
        CancellationToken ct)
    {
        var ids = (body.UserIds ?? []).Distinct().ToList();
        if (ids.Count is 0 or > Room.MaxGroupMembers)
        {
            throw AppError.Invalid("user_ids", "Must name at least one user, and no more than a group holds.");
        }
        var before = await chat.Access.Enter(id, caller, ct);
        RoomAccess.ThrowUnlessAllowed(before.MayAdd(caller.UserId, 0));
        await CreateRoom.RequireUsers([.. ids, caller.UserId], "user_ids", chat.Users, ct);
        var added = ids.Count(user => !before.HasMember(user));
        chat.Limits.ThrowIfNeverAllowed(added, "user_ids");
        var room = await chat.Limits.Send(chat.Response, caller, () => chat.Limits.Add(
            chat.Response, caller, added, () => AddTo(id, ids, caller, chat, ct), ct), ct);
        return TypedResults.Ok(await chat.Views.Of(room, caller.UserId, ct));
    }

    private static Task<Room> AddTo(long id, List<long> ids, Caller caller, ChatServices chat, CancellationToken ct) =>
        chat.Friendships.Run(
            caller.UserId, friendships => chat.Store.Change(transaction => Add(transaction, id, ids, caller, chat, friendships)), ct);

    private static Room Add(
        ChatTransaction transaction, long id, List<long> ids, Caller caller, ChatServices chat, KnownFriendships friendships)
    {
        var room = transaction.Enter(id, caller.UserId);
        var added = ids.Where(user => !room.HasMember(user)).ToList();
        RoomAccess.ThrowUnlessAllowed(room.MayAdd(caller.UserId, added.Count));
        if (added.Count == 0) return room;
        ThrowIfRemoved(transaction, room, added, caller);
        chat.Blocks.ThrowIfBlocked(transaction.Session, caller.UserId, added);
        chat.Privacy.ThrowIfUnwilling(transaction.Session, added, FriendsOnly.Groups, friendships);
        // As for a new group of two.
        if (room.Members.Count + added.Count == 2)
        {
            chat.Privacy.ThrowIfUnwilling(transaction.Session, added, FriendsOnly.Messages, friendships);
        }
        foreach (var user in added) room = transaction.AddMember(room, user, chat.Users.Username(user), caller.UserId);
        var names = string.Join(", ", added.Take(20).Select(chat.Users.Username));
        return transaction.PostSystem(room, caller, $"{caller.Username} added {names}");
    }

    /// <summary>A member does not undo the decision of an admin.</summary>
    private static void ThrowIfRemoved(ChatTransaction transaction, Room room, List<long> added, Caller caller)
    {
        if (room.MayAdminister(caller.UserId) == RoomRule.Allowed) return;
        if (!added.Exists(user => RoomRows.WasRemoved(transaction.Session, room.Id, user))) return;
        throw ChatErrors.OthersWereRemoved();
    }
}
