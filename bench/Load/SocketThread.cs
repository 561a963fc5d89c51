namespace BigTech.Load;

/// <summary>
/// The driver handles all socket completions on one thread, without a hand-over to a pool thread per answer. This leaves more of the two
/// cores to the measured server. The runtime reads these settings when the first socket is used.
/// </summary>
internal static class SocketThread
{
    private static readonly (string Name, string Value)[] Settings =
    [
        ("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", "1"),
        ("DOTNET_SYSTEM_NET_SOCKETS_THREAD_COUNT", "1"),
    ];

    /// <summary>Applies the settings to this process; call before any socket is used.</summary>
    public static void UseOne() => Array.ForEach(Settings, s => Environment.SetEnvironmentVariable(s.Name, s.Value));

    /// <summary>Removes the settings from the environment that a measured process inherits.</summary>
    public static void KeepFrom(IDictionary<string, string?> environment) => Array.ForEach(Settings, s => environment.Remove(s.Name));
}
