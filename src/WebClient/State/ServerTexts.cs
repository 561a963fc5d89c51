using System.Text.RegularExpressions;

namespace BigTech.WebClient.State;

/// <summary>What the server says in English, in the user's language. The English texts are those of the server, word for word.</summary>
public static class ServerTexts
{
    private static readonly string[] Members = ["system.added", "system.joined", "system.left", "system.removed"];
    private static readonly string[] Changes = ["system.pinned", "system.renamed"];
    private static readonly string[] Roles = ["system.made_owner", "system.made_admin", "system.made_member"];
    private static readonly string[] Notices = ["notice.removed", "notice.deleted"];
    private static readonly string[] NewRoles = ["notice.now_owner", "notice.now_admin", "notice.now_member"];

    // The name that comes first in a system message is a username, and has no blanks.
    private static readonly Lazy<(Regex Line, string Key)[]> Lines = new(() => Read([.. Members, .. Changes, .. Roles], @"(\w+)"));
    private static readonly Lazy<(Regex Line, string Key)[]> Titles = new(() => Read([.. Notices, .. NewRoles], "(.+)"));

    /// <summary>A system message, such as "ann added bob". One that is not known stays as it is.</summary>
    public static string SystemMessage(this Texts texts, string content)
    {
        ArgumentNullException.ThrowIfNull(texts);
        return Translate(texts, content, Lines.Value);
    }

    /// <summary>The title of a notification.</summary>
    /// <param name="room">Its room, null if it is not known.</param>
    public static string TitleOf(this Texts texts, Notification notification, Room? room)
    {
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentNullException.ThrowIfNull(notification);
        var actor = notification.Actor?.DisplayName;
        return (notification.Kind, room) switch
        {
            (NotificationKinds.FriendRequest, _) when actor is not null => texts["alert.friend_request", actor],
            (NotificationKinds.FriendAccepted, _) when actor is not null => texts["alert.friend_accepted", actor],
            (NotificationKinds.Mention, null or { Name: null }) when actor is not null => texts["alert.mention", actor],
            (NotificationKinds.Mention, { Name: { } name }) when actor is not null => texts["alert.mention_in", actor, name],
            (NotificationKinds.GroupInvite, { Name: { } name }) when actor is not null && notification.Count > 1 =>
                texts["alert.added_to_several", actor, name, notification.Count - 1],
            (NotificationKinds.GroupInvite, { Name: { } name }) when actor is not null => texts["alert.added", actor, name],
            (NotificationKinds.GroupInvite, _) when actor is not null => texts["alert.added_somewhere", actor],
            (NotificationKinds.System, _) => Translate(texts, notification.Title, Titles.Value),
            _ => notification.Title,
        };
    }

    private static string Translate(Texts texts, string text, (Regex Line, string Key)[] lines)
    {
        foreach (var (line, key) in lines)
        {
            if (line.Match(text) is not { Success: true, Groups: var groups }) continue;
            return texts[key, [.. groups.Values.Skip(1).Select(group => group.Value)]];
        }
        return text;
    }

    private static (Regex Line, string Key)[] Read(string[] keys, string first)
    {
        var english = Texts.Load(Texts.English);
        return [.. keys.Select(key => (new Regex(PatternOf(english[key], first), RegexOptions.None, TimeSpan.FromSeconds(1)), key))];
    }

    private static string PatternOf(string text, string first) =>
        $"^{Regex.Escape(text).Replace("\\{0}", first, StringComparison.Ordinal).Replace("\\{1}", "(.+)", StringComparison.Ordinal)}$";
}
