using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace BigTech.Platform.Documents;

/// <summary>
/// Writes one BSON document, element by element. Inside an array names are left out: its elements are numbered.
/// </summary>
public sealed class BsonWriter
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly Stack<Level> _levels = new();
    private byte[] _buffer = new byte[256];
    private int _length;

    /// <summary>Begins the document.</summary>
    public BsonWriter() => Open(isArray: false);

    private sealed record Level(int Start, bool IsArray)
    {
        public int Count { get; set; }
    }

    public BsonWriter Write(string? name, int value)
    {
        Head(BsonType.SmallInteger, name);
        BinaryPrimitives.WriteInt32LittleEndian(Take(sizeof(int)), value);
        return this;
    }

    public BsonWriter Write(string? name, long value)
    {
        Head(BsonType.LargeInteger, name);
        BinaryPrimitives.WriteInt64LittleEndian(Take(sizeof(long)), value);
        return this;
    }

    public BsonWriter Write(string? name, double value)
    {
        Head(BsonType.Real, name);
        BinaryPrimitives.WriteDoubleLittleEndian(Take(sizeof(double)), value);
        return this;
    }

    public BsonWriter Write(string? name, bool value)
    {
        Head(BsonType.Boolean, name);
        Take(1)[0] = value ? (byte)1 : (byte)0;
        return this;
    }

    /// <summary>Writes a text, or null.</summary>
    /// <exception cref="ArgumentException">Half of a surrogate pair: what UTF-8 cannot say.</exception>
    public BsonWriter Write(string? name, string? value)
    {
        if (value is null) return WriteNull(name);
        Head(BsonType.Text, name);
        var length = Utf8.GetByteCount(value);
        BinaryPrimitives.WriteInt32LittleEndian(Take(sizeof(int)), length + 1);
        Utf8.GetBytes(value, Take(length));
        Take(1)[0] = 0;
        return this;
    }

    /// <summary>Writes bytes (of the generic subtype).</summary>
    public BsonWriter Write(string? name, ReadOnlySpan<byte> value)
    {
        Head(BsonType.Binary, name);
        BinaryPrimitives.WriteInt32LittleEndian(Take(sizeof(int)), value.Length);
        Take(1)[0] = 0;
        value.CopyTo(Take(value.Length));
        return this;
    }

    /// <summary>Writes a time, cut to the milliseconds that BSON keeps.</summary>
    public BsonWriter Write(string? name, DateTimeOffset value)
    {
        Head(BsonType.DateTime, name);
        BinaryPrimitives.WriteInt64LittleEndian(Take(sizeof(long)), value.ToUnixTimeMilliseconds());
        return this;
    }

    public BsonWriter Write(string? name, BsonDocument value)
    {
        Head(BsonType.Document, name);
        value.Bytes.Span.CopyTo(Take(value.Bytes.Length));
        return this;
    }

    public BsonWriter WriteNull(string? name)
    {
        Head(BsonType.Null, name);
        return this;
    }

    public BsonWriter StartDocument(string? name)
    {
        Head(BsonType.Document, name);
        Open(isArray: false);
        return this;
    }

    public BsonWriter StartArray(string? name)
    {
        Head(BsonType.Array, name);
        Open(isArray: true);
        return this;
    }

    /// <summary>Ends the document or array that was started last.</summary>
    public BsonWriter End()
    {
        if (_levels.Count < 2) throw new InvalidOperationException("Nothing to end: the document itself ends with ToDocument.");
        Close();
        return this;
    }

    /// <summary>Ends the document; the writer is used up.</summary>
    public BsonDocument ToDocument()
    {
        if (_levels.Count != 1) throw new InvalidOperationException("A document or array inside has not been ended.");
        Close();
        return new BsonDocument(_buffer.AsMemory(0, _length));
    }

    private void Open(bool isArray)
    {
        _levels.Push(new Level(_length, isArray));
        // The length comes when it is known.
        Take(sizeof(int));
    }

    private void Close()
    {
        Take(1)[0] = 0;
        var start = _levels.Pop().Start;
        BinaryPrimitives.WriteInt32LittleEndian(_buffer.AsSpan(start), _length - start);
    }

    private void Head(BsonType type, string? name)
    {
        if (!_levels.TryPeek(out var level)) throw new InvalidOperationException("The document has ended.");
        if (level.IsArray != name is null) throw new ArgumentException("Elements of documents have names, those of arrays have none.", nameof(name));
        name ??= level.Count.ToString(CultureInfo.InvariantCulture);
        level.Count++;
        if (name.Contains('\0')) throw new ArgumentException("A name holds no NUL.", nameof(name));
        Take(1)[0] = (byte)type;
        Utf8.GetBytes(name, Take(Utf8.GetByteCount(name)));
        Take(1)[0] = 0;
    }

    private Span<byte> Take(int count)
    {
        if (_length + count > _buffer.Length) Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, _length + count));
        var taken = _buffer.AsSpan(_length, count);
        _length += count;
        return taken;
    }
}
