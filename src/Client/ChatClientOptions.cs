namespace BigTech.Chat.Client;

/// <summary>What a <see cref="ChatClient"/> may be told.</summary>
public sealed class ChatClientOptions
{
    /// <summary>An open stream without any data for so long is opened again; the server sends something every 15 seconds.</summary>
    public TimeSpan StreamSilence { get; set; } = TimeSpan.FromSeconds(45);

    /// <summary>The longest wait before a stream is opened again; the first one is up to a second.</summary>
    public TimeSpan MaxReconnectDelay { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long the server may take to begin a stream.</summary>
    public TimeSpan StreamOpenTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; set; } = TimeProvider.System;
}
