using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.BuildingBlocks.Web.Auth;
using BigTech.BuildingBlocks.Web.Http;
using BigTech.Notifications.Domain;
using BigTech.Notifications.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.DependencyInjection;

namespace BigTech.Notifications.Features;

/// <summary>
/// Which notifications a user wants. Responses and requests have the same form; what a request omits is reset to its default.
/// </summary>
/// <param name="Kinds">By kind, whether it is wanted; by default all are.</param>
/// <param name="MutedRooms">
/// Rooms of the caller whose messages do not notify; mentions still do. An existing mute may be repeated, whatever the state of the room.
/// </param>
/// <param name="QuietHours">Hours without alerts; null: none.</param>
internal sealed record PreferencesView(
    IReadOnlyDictionary<string, bool>? Kinds = null, IReadOnlyList<MuteView>? MutedRooms = null,
    QuietHoursView? QuietHours = null) : IHasExample
{
    public static object Example => new PreferencesView(
        new Dictionary<string, bool> { ["system"] = false },
        [new MuteView(1, new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero))],
        new QuietHoursView("22:30", "07:00", "Asia/Seoul"));
}

/// <param name="Until">Null: until it is removed.</param>
internal sealed record MuteView(long? RoomId, DateTimeOffset? Until);

/// <param name="Start"><c>HH:mm</c> in the local time of the zone; inclusive.</param>
/// <param name="End"><c>HH:mm</c>; exclusive. Before the start: on the next day.</param>
/// <param name="TimeZone">An IANA name such as <c>Asia/Seoul</c>.</param>
internal sealed record QuietHoursView(string? Start, string? End, string? TimeZone);

/// <summary><c>GET</c> and <c>PUT /notifications/preferences</c></summary>
internal static class MyPreferences
{
    private const int MaxMutes = 1000;
    private const string TimeFormat = "HH:mm";

    // Rooms and members are known from events, and the newest events may not have arrived yet.
    private static readonly TimeSpan MaxDelay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    public static async Task<Ok<PreferencesView>> Get(
        Caller caller, [FromKeyedServices(NotificationsDatabase.Name)] Store store, TimeProvider time, CancellationToken ct) =>
        TypedResults.Ok(await store.Read(reader => Show(reader, caller.UserId, time), ct));

    public static async Task<Ok<PreferencesView>> Put(
        PreferencesView body, Caller caller, [FromKeyedServices(NotificationsDatabase.Name)] Store store, TimeProvider time,
        CancellationToken ct)
    {
        var errors = new ValidationErrors();
        var unwanted = UnwantedKinds(body.Kinds ?? new Dictionary<string, bool>(), errors);
        var preferences = Preferences.Without(unwanted, ReadQuietHours(body.QuietHours, errors));
        var mutes = ReadMutes(body.MutedRooms ?? [], errors);
        errors.ThrowIfAny();
        await RequireOwnRooms(store, caller.UserId, mutes, time, ct);
        return TypedResults.Ok(await store.Write(work =>
        {
            PreferenceRows.Save(work, caller.UserId, preferences, mutes);
            return Show(work, caller.UserId, time).Now();
        }));
    }

    /// <exception cref="AppError">403 <c>not_a_member</c>, 404 <c>room_not_found</c>.</exception>
    private static async Task RequireOwnRooms(Store store, long userId, List<Mute> mutes, TimeProvider time, CancellationToken ct)
    {
        var started = time.GetTimestamp();
        while (await store.Read(reader => FindRefusal(reader, userId, mutes, time.GetUtcNow()), ct) is { } error)
        {
            if (time.GetElapsedTime(started) > MaxDelay) throw error;
            await Task.Delay(Pause, time, ct);
        }
    }

    private static async ValueTask<AppError?> FindRefusal(ReadSession reader, long userId, List<Mute> mutes, DateTimeOffset now)
    {
        var muted = (await PreferenceRows.Mutes(reader, userId, now)).ConvertAll(mute => mute.RoomId);
        var added = mutes.ConvertAll(mute => mute.RoomId).Except(muted).ToList();
        var foreign = added.Except(await RoomReadModelRows.FindByMember(reader, userId, added)).ToList();
        if (foreign.Count == 0) return null;
        return (await RoomReadModelRows.Find(reader, foreign)).Count == foreign.Count
            ? AppError.Forbidden("not_a_member", "Only members may do this.")
            : AppError.NotFound("room_not_found", "There is no such room.");
    }

    private static async ValueTask<PreferencesView> Show(ReadSession reader, long userId, TimeProvider time)
    {
        var preferences = await PreferenceRows.Find(reader, userId);
        var mutes = await PreferenceRows.Mutes(reader, userId, time.GetUtcNow());
        return new PreferencesView(
            NotificationWireNames.Kinds.ToDictionary(NotificationWireNames.NameOf, preferences.Wants),
            mutes.ConvertAll(mute => new MuteView(mute.RoomId, mute.Until)),
            preferences.QuietHours is { } quiet ? new QuietHoursView(Write(quiet.Start), Write(quiet.End), quiet.Zone.Id) : null);
    }

    private static List<NotificationKind> UnwantedKinds(IReadOnlyDictionary<string, bool> kinds, ValidationErrors errors)
    {
        var unknown = kinds.Keys.Where(name => NotificationWireNames.Kind(name) is null).ToList();
        errors.Check(unknown.Count == 0, "kinds",
            $"Must be some of {string.Join(", ", NotificationWireNames.Kinds.Select(NotificationWireNames.NameOf))}.");
        return [.. kinds.Where(kind => !kind.Value).Select(kind => NotificationWireNames.Kind(kind.Key)).OfType<NotificationKind>()];
    }

    private static List<Mute> ReadMutes(IReadOnlyList<MuteView> mutes, ValidationErrors errors)
    {
        const string field = "muted_rooms";
        errors.Check(mutes.Count <= MaxMutes, field, $"Must be at most {MaxMutes}.");
        if (!errors.Check(mutes.All(mute => mute is { RoomId: > 0 }), field, "Each must have a room_id.")) return [];
        errors.Check(mutes.DistinctBy(mute => mute.RoomId).Count() == mutes.Count, field, "Must name each room once.");
        return [.. mutes.Select(mute => new Mute(mute.RoomId!.Value, mute.Until))];
    }

    private static QuietHours? ReadQuietHours(QuietHoursView? quiet, ValidationErrors errors)
    {
        if (quiet is null) return null;
        var start = ReadTime(quiet.Start, "quiet_hours.start", errors);
        var end = ReadTime(quiet.End, "quiet_hours.end", errors);
        TimeZoneInfo? zone = null;
        var isZone = quiet.TimeZone is { } id && QuietHours.TryFindZone(id, out zone);
        errors.Check(isZone, "quiet_hours.time_zone", "Must be an IANA time zone such as Asia/Seoul.");
        if (start is not { } from || end is not { } to) return null;
        // Equal times could mean all day or never.
        errors.Check(from != to, "quiet_hours.end", "Must differ from the start.");
        return zone is null ? null : new QuietHours(from, to, zone);
    }

    private static TimeOnly? ReadTime(string? text, string field, ValidationErrors errors)
    {
        var isTime = TimeOnly.TryParseExact(text, TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out var time);
        return errors.Check(isTime, field, "Must be a time of day as HH:mm.") ? time : null;
    }

    private static string Write(TimeOnly time) => time.ToString(TimeFormat, CultureInfo.InvariantCulture);
}
