using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.Notifications.Domain;
using BigTech.Notifications.Storage;

namespace BigTech.Notifications.Features;

/// <summary>Which notifications a user wants. It is a valid request that changes nothing, too.</summary>
/// <param name="Kinds">By kind, whether it is wanted; by default all are.</param>
/// <param name="MutedRooms">Rooms of the caller whose messages do not notify; mentions still do.</param>
/// <param name="QuietHours">Hours without alerts; null: none.</param>
internal sealed record PreferencesView(
    IReadOnlyDictionary<string, bool> Kinds, IReadOnlyList<MuteView> MutedRooms, QuietHoursView? QuietHours)
{
    public static async ValueTask<PreferencesView> Read(ReadSession reader, long userId, TimeProvider time)
    {
        var preferences = await PreferenceRows.Find(reader, userId);
        var mutes = await PreferenceRows.Mutes(reader, userId, time.GetUtcNow());
        return new PreferencesView(
            NotificationWireNames.Kinds.ToDictionary(NotificationWireNames.NameOf, preferences.Wants),
            mutes.ConvertAll(mute => new MuteView(mute.RoomId, mute.Until)),
            preferences.QuietHours is { } quiet ? QuietHoursView.From(quiet) : null);
    }
}

/// <summary>A room without notifications.</summary>
/// <param name="RoomId">The id of the room; required.</param>
/// <param name="Until">When it ends: a time with its offset. Null: when it is removed.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record MuteView([property: Required] long? RoomId, DateTimeOffset? Until);

/// <summary>Hours without alerts. All three are required.</summary>
/// <param name="Start"><c>HH:mm</c> in the local time of the zone; inclusive.</param>
/// <param name="End"><c>HH:mm</c>; exclusive. Before the start: on the next day.</param>
/// <param name="TimeZone">An IANA name such as <c>Asia/Seoul</c>; given back as the canonical name of the zone.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record QuietHoursView(
    [property: Required, RegularExpression(QuietHoursView.TimePattern)] string? Start,
    [property: Required, RegularExpression(QuietHoursView.TimePattern)] string? End,
    [property: Required] string? TimeZone)
{
    public const string TimeFormat = "HH:mm";

    /// <summary>The same for the API description.</summary>
    public const string TimePattern = "^([01][0-9]|2[0-3]):[0-5][0-9]$";

    public static QuietHoursView From(QuietHours quiet) => new(Write(quiet.Start), Write(quiet.End), quiet.Zone.Id);

    private static string Write(TimeOnly time) => time.ToString(TimeFormat, CultureInfo.InvariantCulture);
}
