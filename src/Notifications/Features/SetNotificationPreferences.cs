using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.BuildingBlocks.Web.Auth;
using BigTech.BuildingBlocks.Web.Http;
using BigTech.Notifications.Domain;
using BigTech.Notifications.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.DependencyInjection;

namespace BigTech.Notifications.Features;

/// <summary>The preferences to change. What is not named stays, and so does what is null, except the quiet hours.</summary>
/// <remarks>Unknown fields are refused: a misspelt one would change nothing, or mute a room for ever.</remarks>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed class ChangePreferencesRequest : IHasExample
{
    public const int MaxMutes = 1000;

    private QuietHoursView? _quietHours;

    public static object Example => new ChangePreferencesRequest
    {
        Kinds = new Dictionary<string, bool> { ["system"] = false },
        MutedRooms = [new MuteView(1, new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero))],
        QuietHours = new QuietHoursView("22:30", "07:00", "Asia/Seoul"),
    };

    /// <summary>By kind, whether it is wanted; kinds that are not named stay as they are.</summary>
    public IReadOnlyDictionary<string, bool>? Kinds { get; set; }

    /// <summary>
    /// All muted rooms, at most 1,000; an empty list mutes none. They are rooms of the caller; an existing mute may be repeated,
    /// whatever the state of the room.
    /// </summary>
    [MaxLength(MaxMutes)]
    public IReadOnlyList<MuteView>? MutedRooms { get; set; }

    /// <summary>Hours without alerts; null ends them.</summary>
    public QuietHoursView? QuietHours
    {
        get => _quietHours;
        set
        {
            _quietHours = value;
            HasQuietHours = true;
        }
    }

    /// <summary>Whether the request contains the quiet hours: only then their value counts, including null.</summary>
    [JsonIgnore]
    public bool HasQuietHours { get; private set; }
}

/// <summary><c>PUT /notifications/preferences</c></summary>
internal static class SetNotificationPreferences
{
    // Rooms and members are known from events, and the newest events may not have arrived yet.
    private static readonly TimeSpan MaxDelay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    public static async Task<Ok<PreferencesView>> Handle(
        ChangePreferencesRequest body, Caller caller, [FromKeyedServices(NotificationsDatabase.Name)] Store store, TimeProvider time,
        CancellationToken ct)
    {
        var errors = new ValidationErrors();
        var kinds = ReadKinds(body.Kinds ?? new Dictionary<string, bool>(), errors);
        var quiet = ReadQuietHours(body.QuietHours, errors);
        var mutes = body.MutedRooms is { } rooms ? ReadMutes(rooms, errors) : null;
        errors.ThrowIfAny();
        await RequireOwnRooms(store, caller.UserId, mutes ?? [], time, ct);
        return TypedResults.Ok(await store.Write(work =>
        {
            var stored = PreferenceRows.Find(work, caller.UserId).Now();
            var changed = stored.With(kinds) with { QuietHours = body.HasQuietHours ? quiet : stored.QuietHours };
            PreferenceRows.Save(work, caller.UserId, changed, mutes);
            return PreferencesView.Read(work, caller.UserId, time).Now();
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
            ? NotAMember()
            : RoomNotFound();
    }

    public static AppError NotAMember() => AppError.Forbidden("not_a_member", "Only members may do this.");

    public static AppError RoomNotFound() => AppError.NotFound("room_not_found", "There is no such room.");

    private static List<(NotificationKind Kind, bool IsWanted)> ReadKinds(IReadOnlyDictionary<string, bool> kinds, ValidationErrors errors)
    {
        var unknown = kinds.Keys.Where(name => NotificationWireNames.Kind(name) is null).ToList();
        errors.Check(unknown.Count == 0, "kinds",
            $"Must be some of {string.Join(", ", NotificationWireNames.Kinds.Select(NotificationWireNames.NameOf))}.");
        return unknown.Count > 0 ? [] : [.. kinds.Select(kind => (NotificationWireNames.Kind(kind.Key)!.Value, kind.Value))];
    }

    private static List<Mute> ReadMutes(IReadOnlyList<MuteView> mutes, ValidationErrors errors)
    {
        const string field = "muted_rooms";
        errors.Check(
            mutes.Count <= ChangePreferencesRequest.MaxMutes, field, $"Must be at most {ChangePreferencesRequest.MaxMutes}.");
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
        var isZone = quiet.TimeZone is { } id && TimeZoneNames.TryFind(id, out zone);
        errors.Check(isZone, "quiet_hours.time_zone", "Must be an IANA time zone such as Asia/Seoul.");
        if (start is not { } from || end is not { } to) return null;
        // Equal times could mean all day or never.
        errors.Check(from != to, "quiet_hours.end", "Must differ from the start.");
        return zone is null ? null : new QuietHours(from, to, zone);
    }

    private static TimeOnly? ReadTime(string? text, string field, ValidationErrors errors)
    {
        var isTime = TimeOnly.TryParseExact(
            text, QuietHoursView.TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out var time);
        return errors.Check(isTime, field, "Must be a time of day as HH:mm.") ? time : null;
    }
}
