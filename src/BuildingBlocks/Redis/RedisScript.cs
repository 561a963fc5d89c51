using StackExchange.Redis;

namespace BigTech.BuildingBlocks.Redis;

/// <summary>
/// A Lua script that Redis runs atomically and in one round trip. Its times are those of Redis, the one clock that all replicas share.
/// </summary>
/// <param name="text">Finds its keys in <c>KEYS</c> and its arguments in <c>ARGV</c>.</param>
public sealed class RedisScript(string text)
{
    internal string Text { get; } = text;
}

/// <summary>The reply to a script.</summary>
public readonly struct RedisReply
{
    private readonly RedisResult _result;

    internal RedisReply(RedisResult result) => _result = result;

    public bool IsNull => _result.IsNull;

    public long Number => (long)_result;

    public string? Text => (string?)_result;

    public RedisReply[] Items => Array.ConvertAll((RedisResult[])_result!, item => new RedisReply(item));
}
