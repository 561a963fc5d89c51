using BigTech.Platform.Services;
using Microsoft.AspNetCore.Http;

namespace BigTech.Gateway;

/// <summary>Which service answers which paths: the first segment decides.</summary>
internal sealed class Backends
{
    private readonly Dictionary<string, Backend> _bySegment;
    private readonly Dictionary<string, Backend>.AlternateLookup<ReadOnlySpan<char>> _lookup;

    public Backends(ServicesOptions options, TimeProvider time)
    {
        var users = new Backend("user", "User Service", options.AddressesOf(nameof(ServicesOptions.Users)), time);
        var friends = new Backend("friend", "Friend Service", options.AddressesOf(nameof(ServicesOptions.Friends)), time);
        var chat = new Backend("chat", "Chat Service", options.AddressesOf(nameof(ServicesOptions.Chat)), time);
        var notifications = new Backend("notification", "Notification Service", options.AddressesOf(nameof(ServicesOptions.Notifications)), time);
        All = [users, friends, chat, notifications];
        _bySegment = new Dictionary<string, Backend>(StringComparer.OrdinalIgnoreCase)
        {
            ["auth"] = users,
            ["users"] = users,
            ["profile"] = users,
            ["online-status"] = users,
            [".well-known"] = users,
            ["friends"] = friends,
            ["chat-rooms"] = chat,
            ["messages"] = chat,
            ["invite-links"] = chat,
            ["files"] = chat,
            ["notifications"] = notifications,
        };
        _lookup = _bySegment.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    public IReadOnlyList<Backend> All { get; }

    /// <summary>The service of a path; null when no service has it.</summary>
    public Backend? Find(PathString path)
    {
        var rest = path.Value.AsSpan().TrimStart('/');
        var end = rest.IndexOf('/');
        return _lookup.TryGetValue(end < 0 ? rest : rest[..end], out var backend) ? backend : null;
    }
}
