using System.Text;

namespace BigTech.BuildingBlocks.Redis;

/// <summary>Signals by Redis messages. Each starts with its sender, which ignores it.</summary>
internal sealed class RedisBackplane(RedisConnection redis) : IBackplane
{
    private const string Missed = "";

    private readonly string _me = Guid.NewGuid().ToString("N");

    public bool IsClustered => true;

    public void Publish(string channel, string text) => redis.Publish(NameOf(channel), Encoding.UTF8.GetBytes(_me + text));

    public void Subscribe(string channel, Action<string> onMessage, Action onMissed)
    {
        redis.Subscribe(NameOf(channel), message =>
        {
            var text = Encoding.UTF8.GetString(message);
            if (text.StartsWith(_me, StringComparison.Ordinal)) return;
            if (text.Length == _me.Length) onMissed();
            else onMessage(text[_me.Length..]);
        });
        redis.Restored += () =>
        {
            onMissed();
            // Signals of this process were lost meanwhile: the other replicas have to read everything again too.
            Publish(channel, Missed);
        };
    }

    private static string NameOf(string channel) => $"signal:{channel}";
}
