using BigTech.BuildingBlocks.Web.Http;
using BigTech.Friends.Storage;

namespace BigTech.Friends.Features;

/// <summary>Positions in lists, as opaque cursors.</summary>
internal static class Cursors
{
    public static string? Write(FriendListPlace? place) => place is { } given ? Paging.Cursor(Text(given)) : null;

    /// <summary>One cursor for two lists of one response; null when both are at their end.</summary>
    public static string? Write(FriendListPlace? first, FriendListPlace? second) =>
        first is null && second is null
            ? null
            : Paging.Cursor($"{Text(first ?? FriendListPlace.End)},{Text(second ?? FriendListPlace.End)}");

    /// <exception cref="AppError">422: not a cursor of this list.</exception>
    public static FriendListPlace Read(SentCursor cursor) =>
        cursor.Read() is { } text ? Parse(text) ?? throw cursor.NotOfThisList() : FriendListPlace.Start;

    public static (FriendListPlace First, FriendListPlace Second) ReadTwo(SentCursor cursor)
    {
        if (cursor.Read() is not { } text) return (FriendListPlace.Start, FriendListPlace.Start);
        return text.Split(',') is [var a, var b] && Parse(a) is { } first && Parse(b) is { } second
            ? (first, second)
            : throw cursor.NotOfThisList();
    }

    private static string Text(FriendListPlace place) => string.Create(CultureInfo.InvariantCulture, $"{place.At}:{place.Id}");

    private static FriendListPlace? Parse(string text) =>
        text.Split(':') is [var at, var id]
        && long.TryParse(at, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var time)
        && long.TryParse(id, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var row)
            ? new FriendListPlace(time, row)
            : null;
}
