using System.Buffers.Binary;
using System.Text;

namespace BigTech.Platform.Documents;

/// <summary>
/// Reads one BSON document (or array), element by element, in place. Every length is checked before it is believed: whatever the bytes
/// are, the outcome is values or a <see cref="FormatException"/>. Documents inside are checked when they are read themselves.
/// </summary>
public ref struct BsonReader
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly ReadOnlySpan<byte> _document;
    private int _next;
    private ReadOnlySpan<byte> _value;

    /// <exception cref="FormatException">The length or the end of the document is wrong.</exception>
    public BsonReader(ReadOnlySpan<byte> document)
    {
        const int shortest = sizeof(int) + 1;
        if (document.Length < shortest || BinaryPrimitives.ReadInt32LittleEndian(document) != document.Length || document[^1] != 0)
        {
            throw new FormatException("The bytes are not one BSON document.");
        }
        _document = document;
        _next = sizeof(int);
    }

    /// <summary>The kind of the present element.</summary>
    public BsonType Type { get; private set; }

    /// <summary>The name of the present element, in UTF-8; in an array its number.</summary>
    public ReadOnlySpan<byte> Name { get; private set; }

    /// <summary>Goes to the next element; false behind the last one.</summary>
    /// <exception cref="FormatException">The element does not fit into the document, or is of a kind that is not read here.</exception>
    public bool Read()
    {
        var last = _document.Length - 1;
        if (_next == last) return false;
        Type = (BsonType)_document[_next];
        var rest = _document[(_next + 1)..last];
        var nameLength = rest.IndexOf((byte)0);
        if (nameLength < 0) throw Malformed("a name without an end");
        Name = rest[..nameLength];
        rest = rest[(nameLength + 1)..];
        var length = Length(rest);
        if (length > rest.Length) throw Malformed("a value that is longer than the document");
        _value = rest[..length];
        _next = last - rest.Length + length;
        return true;
    }

    /// <summary>Goes to the first element of this name, wherever the reader is; false when there is none.</summary>
    public bool Find(ReadOnlySpan<byte> name)
    {
        _next = sizeof(int);
        while (Read())
        {
            if (Name.SequenceEqual(name)) return true;
        }
        return false;
    }

    /// <summary>A whole number of either size.</summary>
    public readonly long Number() => Type == BsonType.SmallInteger
        ? BinaryPrimitives.ReadInt32LittleEndian(_value)
        : BinaryPrimitives.ReadInt64LittleEndian(Of(BsonType.LargeInteger));

    /// <exception cref="FormatException">It is larger than that, too.</exception>
    public readonly int SmallNumber() => Number() is var value and >= int.MinValue and <= int.MaxValue ? (int)value : throw Malformed("a number that is too large");

    public readonly double Real() => BinaryPrimitives.ReadDoubleLittleEndian(Of(BsonType.Real));

    public readonly bool Boolean() => Of(BsonType.Boolean)[0] switch
    {
        0 => false,
        1 => true,
        _ => throw Malformed("a truth value that is neither"),
    };

    public readonly DateTimeOffset DateTime()
    {
        var milliseconds = BinaryPrimitives.ReadInt64LittleEndian(Of(BsonType.DateTime));
        if (milliseconds < DateTimeOffset.MinValue.ToUnixTimeMilliseconds() || milliseconds > DateTimeOffset.MaxValue.ToUnixTimeMilliseconds())
        {
            throw Malformed("a time that no calendar has");
        }
        return DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
    }

    /// <exception cref="FormatException">It is not UTF-8, too.</exception>
    public readonly string Text()
    {
        try
        {
            return Utf8.GetString(TextBytes());
        }
        catch (DecoderFallbackException)
        {
            throw Malformed("a text that is not UTF-8");
        }
    }

    /// <summary>A text as the bytes that were sent.</summary>
    public readonly ReadOnlySpan<byte> TextBytes() => Of(BsonType.Text)[sizeof(int)..^1];

    /// <summary>The bytes of a binary value, whatever its subtype.</summary>
    public readonly ReadOnlySpan<byte> Binary() => Of(BsonType.Binary)[(sizeof(int) + 1)..];

    /// <summary>A document or array inside, for a reader of its own.</summary>
    public readonly BsonReader Document() => new(Type == BsonType.Array ? _value : Of(BsonType.Document));

    /// <summary>The whole document, as bytes that stay.</summary>
    public readonly BsonDocument Copy() => new(_document.ToArray());

    private readonly ReadOnlySpan<byte> Of(BsonType type) =>
        Type == type ? _value : throw new FormatException($"{Encoding.UTF8.GetString(Name)} is of type {Type}, not {type}.");

    private readonly int Length(ReadOnlySpan<byte> rest)
    {
        switch (Type)
        {
            case BsonType.Null: return 0;
            case BsonType.Boolean: return 1;
            case BsonType.SmallInteger: return sizeof(int);
            case BsonType.Real or BsonType.DateTime or BsonType.Timestamp or BsonType.LargeInteger: return sizeof(long);
            case BsonType.ObjectId: return 12;
            case BsonType.Decimal128: return 16;
            case BsonType.Text:
                var text = Prefix(rest, least: 1, most: rest.Length - sizeof(int));
                return rest[sizeof(int) + text - 1] == 0 ? sizeof(int) + text : throw Malformed("a text without an end");
            case BsonType.Binary: return sizeof(int) + 1 + Prefix(rest, least: 0, most: rest.Length - sizeof(int) - 1);
            case BsonType.Document or BsonType.Array: return Prefix(rest, least: sizeof(int) + 1, most: rest.Length);
            default: throw new FormatException($"BSON values of type 0x{(byte)Type:x2} are not read here.");
        }
    }

    private static int Prefix(ReadOnlySpan<byte> rest, int least, int most)
    {
        if (rest.Length < sizeof(int)) throw Malformed("a length that is cut off");
        var length = BinaryPrimitives.ReadInt32LittleEndian(rest);
        return length >= least && length <= most ? length : throw Malformed("a length that does not fit");
    }

    private static FormatException Malformed(string what) => new($"The BSON document has {what}.");
}
