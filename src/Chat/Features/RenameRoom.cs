using BigTech.BuildingBlocks.Core;
using BigTech.BuildingBlocks.Web.Auth;
using BigTech.BuildingBlocks.Web.Http;
using BigTech.Chat.Domain;
using BigTech.Chat.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace BigTech.Chat.Features;

internal sealed record RenameRoomRequest(string? Name) : IHasExample
{
    public static object Example => new RenameRoomRequest("Climbing on Sundays");
}

/// <summary><c>PUT /chat-rooms/{id}</c>: an admin renames a group. The present name is no change.</summary>
internal static class RenameRoom
{
    public static async Task<Ok<RoomView>> Handle(
        long id, RenameRoomRequest body, Caller caller, RoomAccess access, ChatStore store, RoomViews views, CancellationToken ct)
    {
        var errors = new ValidationErrors();
        errors.Check(!TextValidation.IsBlank(body.Name), "name", "Must not be empty.");
        RoomNames.Check(errors, body.Name);
        errors.ThrowIfAny();
        RoomAccess.ThrowUnlessAllowed((await access.Enter(id, caller, ct)).MayAdminister(caller.UserId));
        var room = await store.Change(transaction => Rename(transaction, id, body.Name!.Trim(), caller));
        return TypedResults.Ok(await views.Of(room, caller.UserId, ct));
    }

    private static Room Rename(ChatTransaction transaction, long id, string name, Caller caller)
    {
        var room = transaction.Enter(id, caller.UserId);
        RoomAccess.ThrowUnlessAllowed(room.MayAdminister(caller.UserId));
        if (room.Name == name) return room;
        room = room.Rename(name, transaction.Now);
        transaction.SaveInfo(room, caller.UserId);
        return transaction.PostSystem(room, caller, $"{caller.Username} named the group {name}");
    }
}

/// <summary>The rules for group names.</summary>
internal static class RoomNames
{
    public static void Check(ValidationErrors errors, string? name)
    {
        errors.Check(name is null || TextValidation.LengthOf(name) <= Room.MaxNameLength, "name", $"Must have at most {Room.MaxNameLength} characters.");
        errors.Check(name is null || TextValidation.IsCleanLine(name), "name", "Must not contain control characters.");
    }
}
