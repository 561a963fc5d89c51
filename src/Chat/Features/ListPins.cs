using BigTech.BuildingBlocks.Web.Auth;
using BigTech.Chat.Domain;
using BigTech.Chat.Messages;
using BigTech.Chat.Storage;
using BigTech.Chat.Storage.Sql;
using BigTech.Contracts.Chat;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace BigTech.Chat.Features;

/// <summary>A pinned message.</summary>
/// <param name="Message">The message.</param>
/// <param name="PinnedBy">The member who pinned it.</param>
/// <param name="PinnedAt">When it was pinned.</param>
internal sealed record PinView(MessageView Message, long PinnedBy, DateTimeOffset PinnedAt);

/// <summary>The pinned messages of a room, newest pin first.</summary>
/// <param name="Pins">The pins.</param>
/// <param name="Version">The room's version that the list shows; a <c>room</c> event of a later version may have changed it.</param>
internal sealed record PinList(IReadOnlyList<PinView> Pins, long Version);

/// <summary><c>GET /chat-rooms/{room_id}/pins</c></summary>
internal static class ListPins
{
    public static async Task<Ok<PinList>> Handle(
        [FromRoute(Name = "room_id")] long id, Caller caller, RoomAccess access, ChatStore store, ChatUserReadModel users,
        CancellationToken ct)
    {
        // The room is read first: later commits are on the streams.
        var room = await access.Enter(id, caller, ct);
        var pins = await store.Sql.Read(reader => PinRows.FindByRoom(reader, id), ct);
        var messages = await store.Messages.Read(stored => stored.BySeq(id, [.. pins.Select(pin => pin.Seq)]), ct);
        await users.Find([.. messages.Values.Select(message => message.UserId).Distinct()], ct);
        var positions = new ReadPositions(room);
        return TypedResults.Ok(new PinList([.. pins.Where(IsShown).Select(View)], room.Version));

        // The message may have been deleted since the pins were read.
        bool IsShown(Pin pin) => messages.TryGetValue(pin.Seq, out var message) && !message.IsDeleted;

        PinView View(Pin pin)
        {
            var message = messages[pin.Seq];
            return new PinView(MessageViews.Create(message, positions, users.Username(message.UserId)), pin.PinnedBy, pin.PinnedAt);
        }
    }
}
