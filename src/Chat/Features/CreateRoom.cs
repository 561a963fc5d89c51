using System.ComponentModel.DataAnnotations;
using BigTech.BuildingBlocks.Web.Auth;
using BigTech.BuildingBlocks.Web.Http;
using BigTech.Chat.Domain;
using BigTech.Chat.Storage;
using BigTech.Chat.Storage.Coherence;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace BigTech.Chat.Features;

/// <summary>A new room.</summary>
/// <param name="ParticipantIds">All members but the caller, who becomes the owner: 1 to 999.</param>
/// <param name="Name">The name of a group, at most 100 characters; null or blank for none.</param>
/// <param name="RoomType"><c>group</c> or <c>direct</c>; by default one participant and no name make a 1:1 room.</param>
internal sealed record CreateRoomRequest(
    [property: MinLength(1), MaxLength(Room.MaxGroupMembers - 1)] IReadOnlyList<long>? ParticipantIds,
    [property: MaxLength(Room.MaxNameLength)] string? Name = null,
    [property: AllowedValues(ChatWireNames.Group, ChatWireNames.Direct)] string? RoomType = null) : IHasExample
{
    public static object Example => new CreateRoomRequest([2, 3], "Climbing", ChatWireNames.Group);
}

/// <summary><c>POST /chat-rooms</c></summary>
internal static class CreateRoom
{
    public static async Task<Results<Created<RoomView>, Ok<RoomView>>> Handle(
        CreateRoomRequest body, Caller caller, [AsParameters] ChatServices chat, CancellationToken ct)
    {
        var others = (body.ParticipantIds ?? []).Where(id => id != caller.UserId).Distinct().ToList();
        var name = Validate(body, others);
        if (IsDirect(body, others))
        {
            var (found, isNew) = await OpenDirectRoom.With(others[0], caller, chat, ct);
            var view = await chat.Views.Of(found, caller.UserId, ct);
            return isNew ? TypedResults.Created(Location(found), view) : TypedResults.Ok(view);
        }
        chat.Limits.ThrowIfNeverAllowed(others.Count, "participant_ids");
        await RequireUsers(others, "participant_ids", chat.Users, ct);
        var room = await chat.Limits.Create(chat.Response, caller, others.Count, () => CreateGroup(name, others, caller, chat, ct), ct);
        return TypedResults.Created(Location(room), await chat.Views.Of(room, caller.UserId, ct));
    }

    private static Task<Room> CreateGroup(string? name, List<long> others, Caller caller, ChatServices chat, CancellationToken ct) =>
        chat.Friendships.Run(caller.UserId, friendships => chat.Store.Change(transaction =>
        {
            chat.Blocks.ThrowIfBlocked(transaction.Session, caller.UserId, others);
            chat.Privacy.ThrowIfUnwilling(transaction.Session, others, FriendsOnly.Groups, friendships);
            // Between two users a group is a direct message by another name.
            if (others.Count == 1) chat.Privacy.ThrowIfUnwilling(transaction.Session, others, FriendsOnly.Messages, friendships);
            return RoomCreation.Create(transaction, Domain.RoomType.Group, name, caller.UserId, others, directKey: null);
        }), ct);

    /// <exception cref="AppError">422: names the ids that no user has.</exception>
    public static async Task RequireUsers(IReadOnlyCollection<long> ids, string field, ChatUserReadModel users, CancellationToken ct)
    {
        var known = await users.Find(ids, ct);
        var unknown = ids.Where(id => !known.ContainsKey(id)).ToList();
        if (unknown.Count > 0) throw AppError.Invalid(field, $"Unknown users: {string.Join(", ", unknown.Take(10))}.");
    }

    private static string? Validate(CreateRoomRequest body, List<long> others)
    {
        var errors = new ValidationErrors();
        errors.Check(others.Count > 0, "participant_ids", "Must name at least one other user.");
        errors.Check(others.Count < Room.MaxGroupMembers, "participant_ids", $"A group has at most {Room.MaxGroupMembers} members.");
        errors.Check(body.RoomType is null or ChatWireNames.Group or ChatWireNames.Direct, "room_type", "Must be group or direct.");
        errors.Check(
            body.RoomType != ChatWireNames.Direct || others.Count == 1, "participant_ids", "A 1:1 room has one participant.");
        var name = RoomNames.Take(errors, body.Name);
        errors.ThrowIfAny();
        return name;
    }

    private static bool IsDirect(CreateRoomRequest body, List<long> others) =>
        body.RoomType == ChatWireNames.Direct || (body.RoomType is null && others.Count == 1 && TextValidation.IsBlank(body.Name));

    private static string Location(Room room) => $"/chat-rooms/{room.Id}";
}
