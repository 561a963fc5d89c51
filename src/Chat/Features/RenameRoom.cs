using System.ComponentModel.DataAnnotations;
using BigTech.BuildingBlocks.Web.Auth;
using BigTech.BuildingBlocks.Web.Http;
using BigTech.Chat.Domain;
using BigTech.Chat.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace BigTech.Chat.Features;

/// <summary>The new name of a group.</summary>
/// <param name="Name">1 to 100 characters.</param>
internal sealed record RenameRoomRequest([property: StringLength(Room.MaxNameLength, MinimumLength = 1)] string? Name) : IHasExample
{
    public static object Example => new RenameRoomRequest("Climbing on Sundays");
}

/// <summary><c>PUT /chat-rooms/{room_id}</c>: an admin renames a group. The present name is no change.</summary>
internal static class RenameRoom
{
    public static async Task<Ok<RoomView>> Handle(
        [FromRoute(Name = "room_id")] long id, RenameRoomRequest body, Caller caller, [AsParameters] ChatServices chat,
        CancellationToken ct)
    {
        var errors = new ValidationErrors();
        var name = RoomNames.Take(errors, body.Name);
        errors.Check(name is not null, "name", "Must not be empty.");
        errors.ThrowIfAny();
        RoomAccess.ThrowUnlessAllowed((await chat.Access.Enter(id, caller, ct)).MayAdminister(caller.UserId));
        var room = await chat.Limits.Send(
            chat.Response, caller, () => chat.Store.Change(transaction => Rename(transaction, id, name!, caller)), ct);
        return TypedResults.Ok(await chat.Views.Of(room, caller.UserId, ct));
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
